{{ profile_segments('mall') }}
