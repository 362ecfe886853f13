{{ raw_files(source('mall', 'Mall_Customers')) }}
