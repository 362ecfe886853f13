-- The files are described first, so that a missing file or column is said once.
-- depends_on: {{ ref('raw_leads__files') }}
{{ read_raw(source('leads', 'ExtraaLearn')) }}
