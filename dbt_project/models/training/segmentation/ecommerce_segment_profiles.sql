{{ profile_segments('ecommerce') }}
