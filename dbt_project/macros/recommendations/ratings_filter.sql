{# Stop with one line where the ratings filter leaves nothing to recommend from. #}
{% macro stop_if_nothing_is_kept() %}
    select
        case
            when count(*) = 0
                then error(
                    'ratings: of ' || (select count(*) from {{ ref('stg_ratings__ratings') }})
                    || ' ratings none passes the filter: users need {{ var("ratings_min_per_user") }} ratings'
                    || ' and products {{ var("ratings_min_per_product") }} of theirs, and '
                    || (select count(*) from {{ ref('kept_users') }}) || ' users and '
                    || (select count(*) from {{ ref('kept_products') }}) || ' products do; bring more ratings,'
                    || ' lower the vars ratings_min_per_user and ratings_min_per_product (1 switches off),'
                    || ' or take ratings out of sources_enabled.'
                )
        end
    from {{ this }}
{% endmacro %}


{# A fraction in [0, 1) that depends on nothing but a text key. #}
{% macro key_fraction(key) -%}
    {{ return(adapter.dispatch('key_fraction')(key)) }}
{%- endmacro %}


{% macro default__key_fraction(key) -%}
    (('0x' || substr(md5({{ key }}), 1, 8))::bigint / 4294967296)
{%- endmacro %}
