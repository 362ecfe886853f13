{{ assign_segments(ref('retail_features'), 'retail') }}
