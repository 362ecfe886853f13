{{ raw_files(source('ecommerce', 'online_retail')) }}
