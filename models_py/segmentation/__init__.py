"""Customer segments: k-means chosen by stability, with other algorithms to compare with."""
