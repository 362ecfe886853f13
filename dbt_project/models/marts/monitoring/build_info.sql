with fingerprints as (
    {% for area, sources in enabled_areas().items() %}
    select
        '{{ area }}' as area,
        {{ raw_data_fingerprint(sources) }} as raw_data_fingerprint
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    area,
    '{{ generation_id() }}' as generation_id,
    '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'::timestamp as built_at,
    code_version() as code_version,
    raw_data_fingerprint,
    false as is_carried_over
from fingerprints
order by area
