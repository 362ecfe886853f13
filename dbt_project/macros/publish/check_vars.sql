{# Stop before anything is built where a var cannot be meant. #}
{% macro check_vars() %}
    {%- set known = source_entities().keys() | list -%}
    {%- set enabled = var('sources_enabled') -%}
    {%- if enabled is string or enabled is mapping or not enabled -%}
        {%- do stop("var sources_enabled is '" ~ enabled ~ "': give a list of " ~ known | join(', ') ~ ".") -%}
    {%- endif -%}
    {%- for name in enabled if name not in known -%}
        {%- do stop("var sources_enabled names '" ~ name ~ "', which is no source: use " ~ known | join(', ') ~ ".") -%}
    {%- endfor -%}
    {%- for name in enabled if var(name ~ '_date_formats') is string -%}
        {%- do stop("var " ~ name ~ "_date_formats is '" ~ var(name ~ '_date_formats') ~ "': give a list of formats.") -%}
    {%- endfor -%}
    {%- if var('training') not in ['auto', 'score', 'refit', 'search'] -%}
        {%- do stop("var training is '" ~ var('training') ~ "': use auto, score, refit or search.") -%}
    {%- endif -%}
    {%- if var('monitoring_severity') not in ['warn', 'error'] -%}
        {%- do stop("var monitoring_severity is '" ~ var('monitoring_severity') ~ "': use warn or error.") -%}
    {%- endif -%}
    {%- for name in var('pinned_models') if name not in known -%}
        {%- do stop("var pinned_models names '" ~ name ~ "', which is no source: use " ~ known | join(', ') ~ ".") -%}
    {%- endfor -%}
    {%- for name in var('max_age_in_days') if name not in dated_columns() -%}
        {%- do stop(
            "var max_age_in_days names '" ~ name ~ "', which has no source with a time: use " ~ dated_columns() | join(', ') ~ "."
        ) -%}
    {%- endfor -%}
    {%- do check_masked_columns(known) -%}
    {%- if var('publish_parquet') is not boolean -%}
        {%- do stop("var publish_parquet is '" ~ var('publish_parquet') ~ "': use true or false.") -%}
    {%- endif -%}
{% endmacro %}
