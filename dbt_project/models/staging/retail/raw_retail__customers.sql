-- The files are described first, so that a missing file or column is said once.
-- depends_on: {{ ref('raw_retail__files') }}
{{ read_raw(source('retail', 'marketing_campaign')) }}
