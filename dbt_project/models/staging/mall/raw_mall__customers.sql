-- The files are described first, so that a missing file or column is said once.
-- depends_on: {{ ref('raw_mall__files') }}
{{ read_raw(source('mall', 'Mall_Customers')) }}
