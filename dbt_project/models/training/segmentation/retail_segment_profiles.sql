{{ profile_segments('retail') }}
