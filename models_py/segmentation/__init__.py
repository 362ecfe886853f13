"""Customer segments: k-means chosen by stability, with other algorithms to compare with."""

from models_py.segmentation.fit import fit_segmentation, refresh_segmentation
from models_py.segmentation.spec import SegmentationSpec

__all__ = ["SegmentationSpec", "fit_segmentation", "refresh_segmentation"]
