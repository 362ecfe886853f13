{{ item_neighbours('validation') }}
