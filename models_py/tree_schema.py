"""How a fitted tree is stored; apart from what exports it, so that scoring imports no library."""

import pyarrow as pa

TREE = pa.struct(
    [
        ("tree_index", pa.int64()),
        ("weight", pa.float64()),
        ("depth", pa.int64()),
        ("feature", pa.list_(pa.int64())),
        ("threshold", pa.list_(pa.float64())),
        ("left_child", pa.list_(pa.int64())),
        ("right_child", pa.list_(pa.int64())),
        ("missing_go_left", pa.list_(pa.bool_())),
        ("value", pa.list_(pa.float64())),
        ("cover", pa.list_(pa.float64())),
    ]
)
"""Parallel lists, one element per node; `trees.export_trees` says how they are read."""
