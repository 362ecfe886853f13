{#-
    A table is replaced in place. dbt-duckdb's own materialization builds beside it and swaps names, which
    keeps the old rows readable meanwhile; nobody reads the working file, and the swaps cost a night seconds.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}

    {%- if existing is not none and (not existing.is_table or model.language == 'python') -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}

    {% call statement('main', language=model.language) %}
        {%- if model.language == 'sql' -%}
            drop table if exists {{ target }};
        {% endif %}
        {{- create_table_as(False, target, compiled_code, model.language) -}}
    {% endcall %}

    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
