// Where the four devices of the local chain stand. `cell` is the H3 cell of resolution 15 at the
// place (h3 4.5, latlng_to_cell); `hour` is the local solar time when the chain starts, so that
// one of them is always in the dark.
export const sites = [
  { name: 'Almería', latitude: 36.84, cell: 0x8f38246162120abn, hour: 9, validator: 'Alice' },
  { name: 'Chengdu', latitude: 30.66, cell: 0x8f40e3ce88f58e8n, hour: 12, validator: 'Alice' },
  { name: 'Phoenix', latitude: 33.45, cell: 0x8f29b6d30b45a21n, hour: 15, validator: 'Bob' },
  { name: 'Cape Town', latitude: -33.92, cell: 0x8fad36151106cd4n, hour: 10, validator: 'Bob' },
];
