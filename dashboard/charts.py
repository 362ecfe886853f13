"""Charts as pure functions: a tidy frame in, an Altair chart out.

A figure's query names the function and its arguments; columns are named by text. Names stand above
their bars and not beside them, so that a chart reads at 390 pixels as it does at 1,280. A segment
has the same colour everywhere and from night to night: that of its number.
"""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from dashboard.words import label, shortened

Chart = alt.Chart | alt.LayerChart

# Colours that people with a colour vision deficiency tell apart (Okabe and Ito, Tol), on white and
# on black.
COLOURS = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9",
    "#D55E00", "#999933", "#888888", "#882255", "#44AA99",
)  # fmt: skip
MAIN, AGAINST, OTHER, GREY = COLOURS[0], COLOURS[5], COLOURS[4], "#999999"
# From below the middle over the middle to above it, and from little to much.
DIVERGING, RISING = [AGAINST, "#f5f5f5", MAIN], ["#f2f6fa", MAIN]
COLOUR = alt.Color("colour:N", scale=None, legend=None)
# Pixels of a row with its name, of a cell of a heat map, and of an axis.
ROW, CELL, AXIS = 40, 24, 60
# Of a legend: two columns, or one on a small screen.
LEGEND = {
    "title": None,
    "orient": "bottom",
    "columns": alt.expr("width > 420 ? 2 : 1"),
    "labelLimit": alt.expr("width > 420 ? width / 2 - 30 : width - 30"),
}
# Of an axis of names.
BARE = {"labelLimit": 130, "labelPadding": 4, "labelFlush": False, "labelOverlap": False}
BARE |= {"ticks": False, "domain": False}
# No name is longer, whatever the width; a chart cuts it where it is narrower.
LONG = 120


def colour_of(segment_id: int) -> str:
    """Return the colour of a segment."""
    return COLOURS[(int(segment_id) - 1) % len(COLOURS)]


def bars(
    frame: pd.DataFrame,
    name: str,
    value: str,
    unit: str,
    form: str = ",.0f",
    colours: str | None = None,
) -> Chart:
    """Draw a bar per row in the order of the rows, its name above and its value beside it.

    `colours` is 'segment' or 'model', for the colours of `segment_id` or of the model's standing.
    """
    base = _rows(frame, name, colours)
    low, high = min(frame[value].min(), 0), max(frame[value].max(), 0)
    room = alt.Scale(domain=[low, high + ((high - low) or 1) * 0.2], nice=False)
    bare = alt.Axis(labels=False, ticks=False, grid=False, domain=False)
    length = alt.X(f"{value}:Q", title=unit, axis=bare, scale=room)
    bar = base.mark_bar(height=12, yOffset=9).encode(x=length, color=COLOUR)
    figure = base.mark_text(align="left", dx=4, dy=9)
    figure = figure.encode(x=length, text=alt.Text(f"{value}:Q", format=form))
    return _finished(bar + figure + _names(base), len(frame) * ROW + AXIS)


def intervals(
    frame: pd.DataFrame, name: str, unit: str, form: str = ".3f", colours: str | None = None
) -> Chart:
    """Draw `value` of each row between its `ci_low` and `ci_high`, its name above it."""
    right = frame[["ci_high", "value"]].max(axis=1)
    low, high = frame[["ci_low", "value"]].min().min(), right.max()
    reach = (high - low) or 1
    base = _rows(frame.assign(right=right), name, colours)
    place = {
        "title": unit,
        "axis": alt.Axis(format=form, tickCount=4),
        "scale": alt.Scale(domain=[low - reach * 0.05, high + reach * 0.25], zero=False),
    }
    line = base.mark_rule(strokeWidth=3, yOffset=9, y2Offset=9, opacity=0.5)
    line = line.encode(x=alt.X("ci_low:Q", **place), x2="ci_high:Q", color=COLOUR)
    point = base.mark_point(filled=True, size=70, yOffset=9, opacity=1)
    point = point.encode(x=alt.X("value:Q", **place), color=COLOUR)
    figure = base.mark_text(align="left", dx=7, dy=9)
    figure = figure.encode(x=alt.X("right:Q", **place), text=alt.Text("value:Q", format=form))
    return _finished(line + point + figure + _names(base), len(frame) * ROW + AXIS)


def boxes(frame: pd.DataFrame, unit: str) -> Chart:
    """Draw `minimum`, quartiles, `median` and `maximum` of each segment as a box plot."""
    base = _rows(frame, "segment_name", "segment")
    low, high = frame["minimum"].min(), frame["maximum"].max()
    scale = alt.Scale(domain=[low, high if high > low else low + 1], nice=True, zero=False)
    axis = alt.Axis(format=_form(frame["maximum"]), tickCount=5)
    place = {"title": unit, "axis": axis, "scale": scale}
    line = base.mark_rule(yOffset=9, y2Offset=9)
    line = line.encode(x=alt.X("minimum:Q", **place), x2="maximum:Q", color=COLOUR)
    box = base.mark_bar(height=12, yOffset=9)
    box = box.encode(x=alt.X("lower_quartile:Q", **place), x2="upper_quartile:Q", color=COLOUR)
    middle = base.mark_tick(thickness=3, size=12, yOffset=9, color="white")
    middle = middle.encode(x=alt.X("median:Q", **place))
    return _finished(line + box + middle + _names(base), len(frame) * ROW + AXIS)


def steps(frame: pd.DataFrame, unit: str) -> Chart:
    """Draw a waterfall: each row goes from `start_at` to `end_at`, its `name` above it."""
    rises = frame["end_at"] >= frame["start_at"]
    colour = np.where(frame["is_total"], GREY, np.where(rises, MAIN, AGAINST))
    base = _rows(frame.assign(colour=colour), "name", None)
    place = alt.X("start_at:Q", title=unit, axis=alt.Axis(tickCount=5), scale=alt.Scale(nice=True))
    bar = base.mark_bar(height=12, yOffset=9).encode(x=place, x2="end_at:Q", color=COLOUR)
    return _finished(bar + _names(base), len(frame) * ROW + AXIS)


def heat(
    frame: pd.DataFrame,
    column: str,
    row: str,
    value: str,
    form: str = ",.0f",
    middle: float | None = None,
    spread: float = 1,
    column_title: str | None = None,
    row_title: str | None = None,
    order: str | None = None,
) -> Chart:
    """Draw a heat map with its figures in the cells; rows and columns as they come.

    Columns can have an `order`, which is a column of numbers. Around a `middle`, colours diverge
    and are strongest `spread` away from it; without one they go from the least to the most.
    """
    cells = frame.assign(**{each: _short(frame[each]) for each in (column, row)})
    low, high = cells[value].min(), cells[value].max()
    if middle is None:
        scale = alt.Scale(domain=[low, high], range=RISING, clamp=True)
        is_strong = f"datum['{value}'] > {low + 0.6 * (high - low)}"
    else:
        ends = [middle - spread, middle, middle + spread]
        scale = alt.Scale(domain=ends, range=DIVERGING, clamp=True)
        is_strong = f"abs(datum['{value}'] - {middle}) > {0.7 * spread}"
    longest = int(cells[column].str.len().max())
    is_upright = cells[column].nunique() > 4 and longest > 3
    above = alt.Axis(orient="top", labelAngle=-90 if is_upright else 0, **BARE)
    sort = alt.EncodingSortField(order, "min") if order else None
    base = alt.Chart(cells).encode(
        x=alt.X(f"{column}:N", sort=sort, title=column_title, axis=above),
        y=alt.Y(f"{row}:N", sort=None, title=row_title, axis=alt.Axis(**BARE)),
    )
    figures = base.mark_text(fontSize=10).encode(
        text=alt.Text(f"{value}:Q", format=form),
        color=alt.condition(is_strong, alt.value("white"), alt.value("#222222")),
    )
    filled = base.mark_rect().encode(color=alt.Color(f"{value}:Q", scale=scale, legend=None))
    head = (min(130, 7 * longest) if is_upright else 15) + (25 if column_title else 0)
    return _finished(filled + figures, max(cells[row].nunique() * CELL, 100) + head + 20)


def points(frame: pd.DataFrame, x: str, y: str, x_title: str, y_title: str) -> Chart:
    """Draw customers in the colours of their segments; those with `is_chosen` stand out."""
    rows = frame.assign(segment_name=_short(frame["segment_name"]))
    chart = (
        alt.Chart(rows)
        .mark_circle(size=22)
        .encode(
            x=alt.X(f"{x}:Q", **_spread(frame[x], x_title)),
            y=alt.Y(f"{y}:Q", **_spread(frame[y], y_title)),
            color=_segments(rows),
            opacity=alt.condition("datum.is_chosen", alt.value(0.6), alt.value(0.07)),
            order=alt.Order("is_chosen:N", sort="ascending"),
        )
    )
    return _finished(chart, 520)


def lines(
    frame: pd.DataFrame,
    x: str,
    y: str,
    x_title: str,
    y_title: str,
    series: str | None = None,
    x_form: str = "",
    y_form: str = "",
    marked: str | None = None,
    is_first_strong: bool = False,
    has_diagonal: bool = False,
    is_time: bool = False,
    up_to: float = 0,
) -> Chart:
    """Draw a line, or one for each value of `series`, of which the first may stand out.

    `marked` is a column that is true for points to be marked. The diagonal is what to compare with.
    The vertical axis reaches `up_to` at least.
    """
    form = x_form or (alt.Undefined if is_time else _form(frame[x]))
    axis = alt.Axis(tickCount=6, format=form)
    scale = alt.Undefined if is_time else alt.Scale(zero=False)
    up = alt.Axis(tickCount=5, format=y_form or _form(frame[y]))
    reach = alt.Scale(domainMax=max(up_to, frame[y].max())) if up_to else alt.Undefined
    place = {
        "x": alt.X(f"{x}:{'T' if is_time else 'Q'}", title=x_title, axis=axis, scale=scale),
        "y": alt.Y(f"{y}:Q", title=y_title, axis=up, scale=reach),
    }
    layers = []
    if has_diagonal:
        ends = alt.Chart(pd.DataFrame({x: [0, 1], y: [0, 1]}))
        layers.append(ends.mark_line(strokeDash=[5, 4], color=GREY).encode(**place))
    if series:
        rows = frame.assign(**{series: [label(name) for name in frame[series]]})
        names = list(dict.fromkeys(rows[series]))
        legend = alt.Legend(**LEGEND, symbolType="stroke")
        palette = alt.Scale(domain=names, range=list(COLOURS))
        width = alt.value(2.5)
        if is_first_strong:
            width = alt.condition(alt.datum[series] == names[0], alt.value(4), alt.value(1.5))
        colour = alt.Color(f"{series}:N", scale=palette, legend=legend)
        drawn = alt.Chart(rows).mark_line(point=len(rows) < 60)
        layers.append(drawn.encode(**place, color=colour, strokeWidth=width, order=f"{x}:Q"))
    else:
        drawn = alt.Chart(frame).mark_line(strokeWidth=2.5, color=MAIN, point=len(frame) < 60)
        layers.append(drawn.encode(**place))
    if marked and frame[marked].any():
        chosen = alt.Chart(frame[frame[marked].astype(bool)])
        layers.append(chosen.mark_point(filled=True, size=140, color=AGAINST).encode(**place))
    return _finished(alt.layer(*layers), 340 + (20 * frame[series].nunique() if series else 0))


def named_points(
    frame: pd.DataFrame, name: str, x: str, y: str, x_title: str, y_title: str, colours: str
) -> Chart:
    """Draw a point per row with its number, which stands beside the name in the legend."""
    rows = frame.reset_index(drop=True)
    rows["number"] = range(1, len(rows) + 1)
    rows["colour"] = _colours(rows, colours)
    rows["shown"] = rows["number"].astype(str) + " " + pd.Series(_short(rows[name]))
    palette = alt.Scale(domain=list(rows["shown"]), range=list(rows["colour"]))
    base = alt.Chart(rows).encode(
        x=alt.X(f"{x}:Q", title=x_title, axis=alt.Axis(format=".0%", tickCount=5)),
        y=alt.Y(f"{y}:Q", title=y_title, axis=alt.Axis(format=".2f", tickCount=5)),
    )
    point = base.mark_circle(size=90, opacity=0.8)
    point = point.encode(color=alt.Color("shown:N", scale=palette, legend=alt.Legend(**LEGEND)))
    # To the left and to the right by turns, so that neighbours do not hide each other.
    left, right = (base.transform_filter(f"datum.number % 2 == {odd}") for odd in (0, 1))
    figures = [left.mark_text(dx=-11), right.mark_text(dx=11)]
    return _finished(alt.layer(point, *(each.encode(text="number:Q") for each in figures)), 480)


def silhouettes(frame: pd.DataFrame, unit: str) -> Chart:
    """Draw `value` of each customer at its `position`, segment by segment, and the mean of all."""
    rows = frame.assign(segment_name=_short(frame["segment_name"]))
    bare = alt.Axis(labels=False, grid=False)
    drawn = (
        alt.Chart(rows)
        .mark_area(interpolate="step")
        .encode(
            x=alt.X("position:Q", title="customers, by segment", axis=bare),
            y=alt.Y("value:Q", title=unit, axis=alt.Axis(format=".1f", tickCount=5)),
            color=_segments(rows),
        )
    )
    mean = alt.Chart(pd.DataFrame({"mean": [rows["value"].mean()]}))
    return _finished(drawn + mean.mark_rule(strokeDash=[5, 4], color=GREY).encode(y="mean:Q"), 400)


def dendrogram(frame: pd.DataFrame, unit: str) -> Chart:
    """Draw a tree from its branches.

    Each goes from its `own_distance` to its `parent_distance` at its `place`, and there on to its
    `parent_place`; `branch` is its name.
    """
    ends = alt.Scale(
        domain=[-0.6, frame["place"].max() + 0.4], nice=False, zero=False, reverse=True
    )
    base = alt.Chart(frame).encode(y=alt.Y("place:Q", axis=None, scale=ends))
    largest = frame["parent_distance"].max()
    hidden = "datum.value < 0 ? '' : datum.label"
    axis = alt.Axis(tickCount=5, format=_form(frame["parent_distance"]), labelExpr=hidden)
    # Names stand to the left of nought.
    room = alt.Scale(domain=[-0.35 * largest, largest], nice=False)
    along = base.mark_rule(strokeWidth=2, color=GREY)
    place = alt.X("own_distance:Q", title=unit, axis=axis, scale=room)
    along = along.encode(x=place, x2="parent_distance:Q")
    across = base.transform_filter("isValid(datum.parent_place)")
    across = across.mark_rule(strokeWidth=2, color=GREY)
    across = across.encode(x="parent_distance:Q", y2="parent_place:Q")
    names = base.mark_text(align="left", dx=2).encode(x=alt.value(0), text="branch:N")
    return _finished(along + across + names, int(frame["is_leaf"].sum()) * 26 + AXIS)


def _rows(frame: pd.DataFrame, name: str, colours: str | None) -> alt.Chart:
    """Give each row its place, the name that is `shown` and its `colour`."""
    rows = frame.reset_index(drop=True)
    rows["row"] = [f"{at:03}" for at in range(len(rows))]
    rows["shown"] = _short(rows[name])
    if "colour" not in rows:
        rows["colour"] = _colours(rows, colours)
    return alt.Chart(rows).encode(y=alt.Y("row:N", axis=None, sort=None))


def _names(base: alt.Chart) -> alt.Chart:
    text = base.mark_text(align="left", dy=-8, limit=alt.expr("width"))
    return text.encode(x=alt.value(0), text="shown:N")


def _colours(rows: pd.DataFrame, colours: str | None) -> Any:
    if colours == "segment":
        return [colour_of(each) for each in rows["segment_id"]]
    if colours == "model":
        return np.where(rows["is_champion"], MAIN, np.where(rows["is_baseline"], GREY, OTHER))
    return [MAIN] * len(rows)


def _spread(values: pd.Series, title: str) -> dict[str, Any]:
    """Return an axis of customers' values; their roots, where few are far off."""
    is_long = values.min() >= 0 and values.max() > 20 * values.median()
    return {
        "title": f"{title} (square-root scale)" if is_long else title,
        "scale": alt.Scale(type="sqrt" if is_long else "linear", zero=False, nice=True),
        "axis": alt.Axis(tickCount=5, format=_form(values)),
    }


def _segments(rows: pd.DataFrame) -> alt.Color:
    segments = rows.drop_duplicates("segment_id").sort_values("segment_id")
    palette = [colour_of(each) for each in segments["segment_id"]]
    legend = alt.Legend(**LEGEND, symbolOpacity=1)
    scale = alt.Scale(domain=segments["segment_name"].tolist(), range=palette)
    return alt.Color("segment_name:N", scale=scale, legend=legend)


def _form(values: pd.Series) -> str:
    """Return the form of an axis: thousands separated, or millions with a letter."""
    return "~s" if values.abs().max() >= 100_000 else ",~r"


def _short(texts) -> list[str]:
    return [shortened(text, LONG) for text in texts]


def _finished(chart: Chart, height: int) -> Chart:
    fit = alt.AutoSizeParams(type="fit", contains="padding")
    sized = chart.properties(width="container", height=height, autosize=fit)
    return sized.configure_text(color="currentColor")
