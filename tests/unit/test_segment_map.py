import importlib.util
from pathlib import Path
from xml.etree import ElementTree

PATH = Path(__file__).parents[2] / "docs" / "segment_map.py"


def load():
    spec = importlib.util.spec_from_file_location("segment_map", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_shows_every_customer_and_names_segments_and_axes():
    text = load().draw(
        [(2, "Keen & young", 0.75), (1, "Calm, and with a name that is long", 0.25)],
        {1: [[0.0, 0.0]], 2: [[1.0, 2.0], [2.0, 1.0], [4.0, 4.0]]},
        [(0.6, ["+income", "-age"]), (0.3, ["+score"])],
    )
    picture = ElementTree.fromstring(text)  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    assert [path.get("d").count("M") for path in picture.iter(f"{space}path")] == [3, 1]
    assert [label.text for label in picture.iter(f"{space}text")] == [
        "Keen & young (75%)",
        "Calm, and with a name that is long (25%)",
        "→ 60% of variance: +income, -age",
        "→ 30% of variance: +score",
    ]
    # Verdana, the widest of the usual sans-serif fonts, takes 8.2 units for a character of 14.
    longest = next(label for label in picture.iter(f"{space}text") if "long" in label.text)
    assert float(longest.get("x")) + 8.2 * len(longest.text) <= float(
        picture.get("viewBox").split()[2]
    )
