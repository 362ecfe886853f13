"""Pages and a report for those who would rather look than query."""
