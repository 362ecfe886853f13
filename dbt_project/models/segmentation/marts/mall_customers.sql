{{ customers_with_segments('mall') }}
