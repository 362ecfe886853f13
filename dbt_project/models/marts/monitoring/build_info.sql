with fingerprints as (
    {% for area, sources in enabled_areas().items() %}
    select
        '{{ area }}' as area,
        {{ raw_data_fingerprint(sources) }} as raw_data_fingerprint
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

previous_build as (
    {{ previous_rows(source('previous', 'build_info'), {'area': 'varchar', 'generation_id': 'varchar'}) }}
)

select
    fingerprints.area,
    '{{ generation_id() }}' as generation_id,
    '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}'::timestamp as built_at,
    code_version() as code_version,
    fingerprints.raw_data_fingerprint,
    false as is_carried_over,
    previous_build.generation_id as previous_generation_id
from fingerprints
left join previous_build using (area)
order by fingerprints.area
