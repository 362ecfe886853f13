{{ assign_segments(ref('mall_features'), 'mall') }}
