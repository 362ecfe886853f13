"""What dbt's Python models call: pure functions that take frames and return frames."""
