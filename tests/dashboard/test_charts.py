"""What charts encode and what sentences say, on frames small enough to read."""

import inspect
import io

import pandas as pd
import pytest

pytest.importorskip("altair", reason="make dashboard installs it")
pytest.importorskip("streamlit", reason="make dashboard installs it")

from dashboard import charts, words
from dashboard.figures import Figure, figure
from dashboard.published import QUERIES
from dashboard.view import as_csv

HOSTILE = [
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "x" * 10_000,
    "\u202e\u05e9\u05dc\u05d5\u05dd",
    "a\nb",
    "**b** [l](http://x) $m$",
]
SEGMENTS = pd.DataFrame(
    {"segment_id": [12, 2], "segment_name": ["Twelve", "Two"], "customers": [5, 20]}
)


def layers(chart):
    spec = chart.to_dict()
    return spec.get("layer", [spec])


def rows(chart):
    spec = chart.to_dict()
    return list(spec["datasets"].values())


def test_bars_keep_the_order_of_the_rows_and_start_at_zero():
    chart = charts.bars(SEGMENTS, "segment_name", "customers", "customers", colours="segment")
    bar, figures, names = layers(chart)
    assert [row["shown"] for row in rows(chart)[0]] == ["Twelve", "Two"]
    assert bar["encoding"]["x"]["field"] == "customers"
    assert bar["encoding"]["x"]["title"] == "customers"
    assert bar["encoding"]["x"]["scale"]["domain"][0] == 0
    assert bar["encoding"]["y"]["sort"] is None
    assert figures["encoding"]["text"]["format"] == ",.0f"
    assert names["encoding"]["text"]["field"] == "shown"


def test_a_segment_has_the_colour_of_its_number_in_every_chart():
    bar = charts.bars(SEGMENTS, "segment_name", "customers", "customers", colours="segment")
    assert [row["colour"] for row in rows(bar)[0]] == [charts.COLOURS[1], charts.COLOURS[1]]
    customers = SEGMENTS.assign(x=[1, 2], y=[1, 2], is_chosen=[True, False], segment_id=[3, 2])
    color = layers(charts.points(customers, "x", "y", "x", "y"))[0]["encoding"]["color"]
    assert color["scale"]["domain"] == ["Two", "Twelve"]
    assert color["scale"]["range"] == [charts.COLOURS[1], charts.COLOURS[2]]


def test_customers_who_are_not_chosen_are_faint():
    customers = SEGMENTS.assign(x=[1, 2], y=[1, 2], is_chosen=[True, False])
    opacity = layers(charts.points(customers, "x", "y", "x", "y"))[0]["encoding"]["opacity"]
    assert opacity["condition"] == {"test": "datum.is_chosen", "value": 0.6}
    assert opacity["value"] < 0.1


def test_a_heat_map_diverges_around_its_middle():
    cells = pd.DataFrame({"c": ["a", "b"], "r": ["x", "x"], "v": [40.0, 260.0]})
    filled, figures = layers(charts.heat(cells, "c", "r", "v", middle=100, spread=120))
    scale = filled["encoding"]["color"]["scale"]
    assert scale["domain"] == [-20, 100, 220]
    assert scale["range"][0] == charts.AGAINST
    assert figures["encoding"]["text"]["field"] == "v"


def test_columns_of_a_heat_map_have_an_order_and_room_for_long_names():
    cells = pd.DataFrame({"c": list("edcba"), "r": ["x"] * 5, "v": range(5), "place": range(5)})
    short = charts.heat(cells, "c", "r", "v", order="place").to_dict()
    across = short["layer"][0]["encoding"]["x"]
    assert across["sort"] == {"field": "place", "op": "min"}
    assert across["axis"]["labelAngle"] == 0
    long = charts.heat(cells.assign(c=cells["c"] * 12), "c", "r", "v").to_dict()
    assert long["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == -90
    assert long["height"] == short["height"] + 7 * 12 - 15


def test_values_of_which_a_few_are_far_off_are_drawn_on_roots():
    customers = pd.DataFrame(
        {
            "segment_id": 1,
            "segment_name": "One",
            "is_chosen": True,
            "x": [1, 2, 900],
            "y": [1, 2, 3],
        }
    )
    encoding = layers(charts.points(customers, "x", "y", "orders", "years"))[0]["encoding"]
    assert encoding["x"]["scale"]["type"] == "sqrt"
    assert encoding["x"]["title"] == "orders (square-root scale)"
    assert encoding["y"]["scale"]["type"] == "linear"
    assert encoding["y"]["title"] == "years"


@pytest.mark.parametrize(("largest", "top"), [(0.01, 0.3), (0.7, 0.7)])
def test_an_axis_reaches_the_limits_that_its_values_are_judged_by(largest, top):
    nights = pd.DataFrame({"x": [1, 2], "y": [0.0, largest]})
    (line,) = layers(charts.lines(nights, "x", "y", "night", "PSI", up_to=0.3))
    assert line["encoding"]["y"]["scale"]["domainMax"] == top


def test_intervals_reach_from_low_to_high():
    models = pd.DataFrame(
        {
            "name": ["a", "b"],
            "value": [0.9, 0.7],
            "ci_low": [0.8, 0.6],
            "ci_high": [1.0, 0.8],
            "is_champion": [True, False],
            "is_baseline": [False, True],
        }
    )
    chart = charts.intervals(models, "name", "ROC AUC", colours="model")
    line, point, *_ = layers(chart)
    assert (line["encoding"]["x"]["field"], line["encoding"]["x2"]["field"]) == (
        "ci_low",
        "ci_high",
    )
    assert point["encoding"]["x"]["field"] == "value"
    assert [row["colour"] for row in rows(chart)[0]] == [charts.MAIN, charts.GREY]


def test_a_waterfall_tells_what_rises_from_what_falls():
    moves = pd.DataFrame(
        {
            "name": ["base", "up", "down", "total"],
            "start_at": [0, 1, 3, 0],
            "end_at": [1, 3, 2, 2],
            "is_total": [True, False, False, True],
        }
    )
    found = [row["colour"] for row in rows(charts.steps(moves, "score"))[0]]
    assert found == [charts.GREY, charts.MAIN, charts.AGAINST, charts.GREY]


def test_lines_have_a_diagonal_and_marks_where_they_are_asked_for():
    curve = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0], "is_it": [False, True]})
    kinds = [
        layer["mark"]["type"]
        for layer in layers(
            charts.lines(curve, "x", "y", "x", "y", marked="is_it", has_diagonal=True)
        )
    ]
    assert kinds == ["line", "line", "point"]


@pytest.mark.parametrize("text", [*HOSTILE, "customer_id"])
def test_whatever_a_name_holds_is_shown_as_text(text):
    chart = charts.bars(SEGMENTS.assign(segment_name=text), "segment_name", "customers", "n")
    assert len(rows(chart)[0][0]["shown"]) <= charts.LONG
    said = Figure(finding="{segment_name}").says(SEGMENTS.assign(segment_name=text))
    assert words.unmarked(said) == words.shortened(text, 200)
    assert "<" not in said.replace("\\<", "")
    assert "](" not in said


def test_a_csv_file_holds_no_formula_and_keeps_numbers_and_lines():
    frame = pd.DataFrame({"id": [*HOSTILE, "-1", "@x", "\t=1", "plain"], "n": range(-5, 5)})
    back = pd.read_csv(io.BytesIO(as_csv(frame)), dtype={"id": str})
    assert back["n"].tolist() == frame["n"].tolist()
    guarded = [text.startswith("'") for text in back["id"]]
    assert guarded == [False, True, False, False, False, False, True, True, True, False]
    assert [text.removeprefix("'") for text in back["id"]] == frame["id"].tolist()


def test_sentences_say_numbers_as_people_do():
    declared = Figure(finding="{n:n customer} of {rows:n segment|segments}, {s:share}, {d:%B %Y}")
    row = pd.DataFrame({"n": [1234], "s": [0.256], "d": [pd.Timestamp("2026-11-01")]})
    assert declared.says(row) == "1,234 customers of 1 segment, 26\u00a0%, November 2026"


def test_a_table_has_the_same_digits_in_a_column():
    shown = Figure().tabled(
        pd.DataFrame({"a_b": [0.5, 0.123456], "n": [1.0, None], "is": [True, False]})
    )
    assert shown.to_dict("list") == {
        "a b": ["0.500", "0.123"],
        "n": ["1", ""],
        "is": ["yes", "no"],
    }


def test_every_header_names_a_chart_and_gives_it_what_it_takes():
    declared = {
        path: figure(str(path.relative_to(QUERIES).with_suffix("")))
        for path in QUERIES.rglob("*.sql")
        if path.read_text().startswith("-- finding")
    }
    assert len(declared) > 30
    for each in declared.values():
        if each.chart:
            inspect.signature(getattr(charts, each.chart)).bind(None, **each.arguments)
        else:
            assert not each.arguments
