-- The files are described first, so that a missing file or column is said once.
-- depends_on: {{ ref('raw_ratings__files') }}
{{ read_raw(source('ratings', 'ratings_Electronics')) }}
