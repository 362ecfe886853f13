{{ read_raw(source('mall', 'Mall_Customers')) }}
