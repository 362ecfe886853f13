"""Draw the segment map of a data set of the published file as an SVG picture.

.venv/bin/python docs/segment_map.py retail docs/images/segment_map.svg
"""

import os
import sys
from html import escape
from pathlib import Path

import duckdb

WIDTH, HEIGHT, MARGIN = 960, 560, 48
# Widest a character of the legend is on average, so that no label is cut off at the right.
CHARACTER = 8.5
# Colours that people with a colour vision deficiency tell apart (Okabe and Ito).
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933", "#444444")


def main(dataset: str, picture: Path) -> None:
    """Read the published file and write the picture."""
    published = Path(os.environ.get("WAREHOUSE_DIR", "warehouse")) / "customer_analytics.duckdb"
    with duckdb.connect(published, read_only=True) as connection:
        segments = connection.execute(
            "select segment_id, segment_name, customer_share from segmentation.segments"
            " where dataset = ? order by value_rank",
            [dataset],
        ).fetchall()
        points = connection.execute(
            "select segment_id, list([pc1, pc2] order by customer_id) from segmentation.segment_map"
            " where dataset = ? group by segment_id",
            [dataset],
        ).fetchall()
        axes = connection.execute(
            "select max(explained_variance),"
            " list(format('{}{}', if(loading > 0, '+', '-'), replace(feature, '_', ' '))"
            " order by abs(loading) desc, feature)[:3]"
            " from segmentation.segment_map_loadings"
            " where dataset = ? group by component order by component",
            [dataset],
        ).fetchall()
    if not segments:
        sys.exit(f"{published} holds no segments of '{dataset}': build them first.")
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(draw(segments, dict(points), axes), encoding="utf-8")


def draw(
    segments: list[tuple[int, str, float]],
    points: dict[int, list[list[float]]],
    axes: list[tuple[float, list[str]]],
) -> str:
    """Return the SVG text: a cloud per segment, a legend, axes named by what they stand for."""
    labels = [f"{name} ({share:.0%})" for _, name, share in segments]
    legend = WIDTH - 60 - CHARACTER * max(map(len, labels))
    every = [point for cloud in points.values() for point in cloud]
    to_x = _scale([point[0] for point in every], MARGIN, legend - 20)
    to_y = _scale([point[1] for point in every], HEIGHT - MARGIN, MARGIN)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="14">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for at, ((segment_id, _, _), label) in enumerate(zip(segments, labels, strict=True)):
        colour = COLOURS[at % len(COLOURS)]
        dots = "".join(f"M{to_x(x):.1f} {to_y(y):.1f}h0" for x, y in points[segment_id])
        y = MARGIN + 26 * at
        parts += [
            f'<path d="{dots}" stroke="{colour}" stroke-width="4.5" stroke-linecap="round"'
            ' stroke-opacity=".55"/>',
            f'<circle cx="{legend + 24:.0f}" cy="{y - 5}" r="6" fill="{colour}"/>',
            f'<text x="{legend + 38:.0f}" y="{y}">{escape(label)}</text>',
        ]
    first, second = (f"{share:.0%} of variance: {', '.join(names)}" for share, names in axes)
    parts += [
        f'<text x="{MARGIN}" y="{HEIGHT - 14}">→ {escape(first)}</text>',
        f'<text transform="translate(20 {HEIGHT - MARGIN}) rotate(-90)">→ {escape(second)}</text>',
        "</svg>\n",
    ]
    return "\n".join(parts)


def _scale(values: list[float], start: float, end: float):
    low, high = min(values), max(values)
    span = high - low or 1
    return lambda value: start + (value - low) / span * (end - start)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
