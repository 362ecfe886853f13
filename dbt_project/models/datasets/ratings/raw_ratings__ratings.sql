{{ read_raw(source('ratings', 'ratings_Electronics')) }}
