{{ read_raw(source('ecommerce', 'online_retail')) }}
