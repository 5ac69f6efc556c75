/** Schema of the read model of connections, which queries and jobs ask. */
export const CONNECTION_STATUS = 'connection_status';
