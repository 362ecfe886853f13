{%- set inputs = drift_inputs('ratings') -%}
{{ feature_drift(inputs.today, inputs.figures, inputs.texts, 'ratings') }}
