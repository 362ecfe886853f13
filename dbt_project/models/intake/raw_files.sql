select unnest(described_raw_files(), recursive := true)
