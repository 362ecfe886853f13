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
        {{- create_table_as(False, target, compiled_code, model.language) -}}
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
