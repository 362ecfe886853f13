-- The files are described first, so that a missing file or column is said once.
-- depends_on: {{ ref('raw_ecommerce__files') }}
{{ read_raw(source('ecommerce', 'online_retail')) }}
