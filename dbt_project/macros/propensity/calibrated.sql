{# The probability of a raw score by the calibrator of the same row: a logistic curve, or straight lines
   between points, of which `points_below` lie at or below the raw score. #}
{% macro calibrated(raw_score) -%}
    case
        when slope is not null then 1 / (1 + exp(-(slope * {{ raw_score }} + intercept)))
        when points_below = 0 then {{ element('probabilities', 1) }}
        when points_below = {{ length_of('probabilities') }} then {{ element('probabilities', 'points_below') }}
        else {{ element('probabilities', 'points_below') }}
            + ({{ element('probabilities', 'points_below + 1') }} - {{ element('probabilities', 'points_below') }})
            * ({{ raw_score }} - {{ element('raw_scores', 'points_below') }})
            / ({{ element('raw_scores', 'points_below + 1') }} - {{ element('raw_scores', 'points_below') }})
    end
{%- endmacro %}
