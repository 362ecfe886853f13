{{ item_neighbours('serving') }}
