{{ customers_with_segments('ecommerce') }}
