{{ name_segments('ecommerce') }}
