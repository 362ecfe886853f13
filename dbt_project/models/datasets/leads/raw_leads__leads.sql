{{ read_raw(source('leads', 'ExtraaLearn')) }}
