{#-
    Tables and views are replaced in place. dbt-duckdb's own materializations build beside them and swap
    names, which keeps the old rows readable meanwhile; nobody reads the working file, and the swaps cost
    every night seconds.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}

    {%- if existing is not none and (existing.is_view or model.language == 'python') -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}

    {% call statement('main', language=model.language) %}
        {%- if model.language == 'sql' -%}
            drop table if exists {{ target }};
        {% endif %}
        {%- set batches = n_batches() -%}
        {%- if batches %}
            set variable batches = {{ batches }};
            set variable batch = 0;
        {% endif %}
        {{- create_table_as(False, target, compiled_code, model.language) -}}
        {%- for batch in range(1, batches) %}
            set variable batch = {{ batch }};
            insert into {{ target }} by name ({{ compiled_code }});
        {%- endfor %}
        {%- if batches %}
            reset variable batches;
            reset variable batch;
        {% endif %}
        {%- if model.language == 'sql' -%}
            {{ hold_constraints(target) }}
        {%- endif -%}
    {% endcall %}
    {%- if model.language == 'python' -%}
        {% call statement('constraints') %}{{ hold_constraints(target) }}{% endcall %}
    {%- endif -%}

    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}

    {%- if existing is not none and existing.is_table -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}

    {% call statement('main') %}
        create or replace view {{ target }} as (
            {{ compiled_code }}
        );
        {{ hold_constraints(target) }}
    {% endcall %}

    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#
    In how many batches a table is made, one after the other: meta.batched_by names the table whose rows are counted, and
    meta.rows_per_batch how many of them are taken at once. Its query says which rows are of a batch by is_in_batch(). 0 where
    a table is not made in batches.
#}
{% macro n_batches() -%}
    {%- set batched_by = config.meta_get('batched_by') -%}
    {%- if not batched_by -%}{{ return(0) }}{%- endif -%}
    {%- set n_rows = run_query('select count(*) from ' ~ ref(batched_by)).columns[0].values()[0] -%}
    {{ return(1 + n_rows // config.meta_get('rows_per_batch')) }}
{%- endmacro %}


{# Whether what has a place in [0, 1) is of the batch at hand. Spark spreads and spills by itself. #}
{% macro is_in_batch(place) -%}
    {{ return(adapter.dispatch('is_in_batch', 'customer_analytics')(place)) }}
{%- endmacro %}


{% macro duckdb__is_in_batch(place) -%}
    coalesce(floor({{ place }} * getvariable('batches')) = getvariable('batch'), true)
{%- endmacro %}


{% macro spark__is_in_batch(place) -%}
    true
{%- endmacro %}
