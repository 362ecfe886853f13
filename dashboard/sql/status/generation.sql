-- The generation of this file, when it was built, and what was carried over into it.
select
    max(built_at) as built_at,
    format('Built {} UTC, generation {}.', strftime(max(built_at), '%Y-%m-%d %H:%M'), max(generation_id))
    || coalesce(' As last published: ' || string_agg(distinct carried_over_sources, ', ') || '.', '') as said,
    max(schema_version) as schema_version
from monitoring.build_info
