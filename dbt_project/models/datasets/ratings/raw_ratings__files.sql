{{ raw_files(source('ratings', 'ratings_Electronics')) }}
