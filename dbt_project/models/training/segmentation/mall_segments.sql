{{ name_segments('mall') }}
