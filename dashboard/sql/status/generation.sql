-- The generation of this file, when it was built, and what was carried over into it.
select
    max(generation_id) as generation_id,
    max(built_at) as built_at,
    max_by(code_version, generation_id) as code_version,
    max(schema_version) as schema_version,
    string_agg(distinct carried_over_sources, ', ') as carried_over_sources
from monitoring.build_info
