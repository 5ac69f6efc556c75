import { randomUUID } from 'node:crypto';
import type { sendUnaryData, Server } from '@grpc/grpc-js';
import gossipGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import gossipPb, {
  type ClusterInfo,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js';
import featuresGrpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import featuresPb, {
  type SupportedMethods,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import sharedPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';

/** The server version whose behaviour this node follows; clients switch on it. */
const COMPATIBLE_WITH = '26.1.0';

const STREAMS = 'event_store.client.streams.streams';

const METHODS: ReadonlyArray<readonly [service: string, method: string, features: readonly string[]]> = [
  [STREAMS, 'read', ['position', 'events']],
  [STREAMS, 'append', []],
  [STREAMS, 'batchappend', ['deadline_duration']],
  [STREAMS, 'delete', []],
  [STREAMS, 'tombstone', []],
  ['event_store.client.gossip.gossip', 'read', []],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods', []],
];

/** What clients ask before their first append, and when they look for the leader of a cluster. */
export const describeNode = (
  server: Server,
  address: () => { readonly host: string; readonly port: number },
) => {
  const features = supportedMethods();
  const instanceId = randomUUID();
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: sendUnaryData<SupportedMethods>) => answer(null, features),
  });
  server.addService(gossipGrpc.GossipService, {
    read: (_: unknown, answer: sendUnaryData<ClusterInfo>) =>
      answer(null, singleMember(instanceId, address())),
  });
};

const supportedMethods = (): SupportedMethods => {
  const methods = METHODS.map(([service, method, features]) =>
    new featuresPb.SupportedMethod()
      .setServiceName(service)
      .setMethodName(method)
      .setFeaturesList([...features]),
  );
  return new featuresPb.SupportedMethods()
    .setEventStoreServerVersion(COMPATIBLE_WITH)
    .setMethodsList(methods);
};

const singleMember = (
  instanceId: string,
  { host, port }: { readonly host: string; readonly port: number },
): ClusterInfo => {
  const id = new sharedPb.UUID();
  id.setString(instanceId);
  const member = new gossipPb.MemberInfo()
    .setInstanceId(id)
    .setTimeStamp(`${Date.now()}0000`)
    .setState(gossipPb.MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossipPb.EndPoint().setAddress(host).setPort(port));
  return new gossipPb.ClusterInfo().setMembersList([member]);
};
