{{ config(materialized='view') }}

-- What this build models, and what YAML and vars ask of it, as rows.
{%- for area, datasets in fitted_areas().items() %}
{%- set is_last_area = loop.last %}
{%- for dataset in datasets %}
select
    '{{ area }}' as area,
    '{{ dataset }}' as dataset,
    training_version() as training_version,
    '{{ spec_fingerprint(area, dataset) }}' as spec_fingerprint,
    {{ literal(mapping_var('pinned_models').get(dataset)) }}::varchar as pinned_model_run_id,
    {{ literal(mapping_var('max_quality_loss').get(area)) }}::double as max_quality_loss
{% if not (is_last_area and loop.last) %}union all{% endif %}
{%- endfor %}
{%- endfor %}
