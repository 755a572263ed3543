// Where the four devices of the local chain stand. `cell` is the H3 cell of resolution 15 at the
// place (h3 4.5, latlng_to_cell).
const places = [
  { name: 'Almería', latitude: 36.84, longitude: -2.46, cell: 0x8f38246162120abn, validator: 'Alice' },
  { name: 'Cape Town', latitude: -33.92, longitude: 18.42, cell: 0x8fad36151106cd4n, validator: 'Alice' },
  { name: 'Chengdu', latitude: 30.66, longitude: 104.07, cell: 0x8f40e3ce88f58e8n, validator: 'Bob' },
  { name: 'Phoenix', latitude: 33.45, longitude: -112.07, cell: 0x8f29b6d30b45a21n, validator: 'Bob' },
];

/**
 * The hour, UTC, at which interval 0 begins for the sun: that of the runtime's solar clock on a
 * development chain. Who generates while the sun is down there is refused.
 */
const START = 8;

/** `hour` is the mean solar time when the chain starts; one of them is always in the dark. */
export const sites = places.map((place) => ({
  ...place, hour: (START + place.longitude / 15 + 24) % 24,
}));
