{{ read_raw(source('retail', 'marketing_campaign')) }}
