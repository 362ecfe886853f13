{{ name_segments('retail') }}
