{{ raw_files(source('retail', 'marketing_campaign')) }}
