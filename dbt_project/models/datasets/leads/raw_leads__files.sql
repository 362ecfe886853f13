{{ raw_files(source('leads', 'ExtraaLearn')) }}
