{{ assign_segments(ref('ecommerce_features'), 'ecommerce') }}
