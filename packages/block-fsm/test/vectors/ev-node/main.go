// Writes ev-node.json: what ev-node's own types make of a few fixed blocks.
//
// Run inside a checkout of github.com/evstack/ev-node: put this file at cmd/vectors/main.go, then
//
//	go run ./cmd/vectors > ev-node.json
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strconv"

	"github.com/libp2p/go-libp2p/core/crypto"
	"google.golang.org/protobuf/proto"

	"github.com/evstack/ev-node/types"
	pb "github.com/evstack/ev-node/types/pb/evnode/v1"
)

type object = map[string]any

func main() {
	key := seededKey(7)
	headers := []object{}
	for _, c := range headerCases() {
		headers = append(headers, headerVector(c.name, c.header, key))
	}
	datas := []object{}
	for _, c := range dataCases() {
		datas = append(datas, dataVector(c.name, c.data, key))
	}
	raw, err := key.GetPublic().Raw()
	check(err)
	signer, err := types.NewSigner(key.GetPublic())
	check(err)
	marshalled, err := signer.MarshalledPubKey()
	check(err)
	raft, err := proto.Marshal(&pb.RaftBlockState{
		Height: 5, LastSubmittedDaHeaderHeight: 3, LastSubmittedDaDataHeight: 2, Hash: fill(1), Timestamp: 1700000000000000001,
		Header: []byte{10, 0}, Data: []byte{18, 0},
	})
	check(err)
	out, err := json.MarshalIndent(object{
		"key":     object{"seed": hexOf(bytes.Repeat([]byte{7}, 32)), "publicKey": hexOf(raw), "address": hexOf(signer.Address), "libp2pPublicKey": hexOf(marshalled)},
		"headers": headers,
		"data":    datas,
		"raftBlockState": object{
			"height": "5", "headerHeight": "3", "dataHeight": "2", "hash": hexOf(fill(1)), "timeNs": "1700000000000000001",
			"header": "0a00", "data": "1200", "bytes": hexOf(raft),
		},
	}, "", "  ")
	check(err)
	_, err = os.Stdout.Write(append(out, '\n'))
	check(err)
}

type headerCase struct {
	name   string
	header types.Header
}

func headerCases() []headerCase {
	full := types.Header{
		BaseHeader:      types.BaseHeader{Height: 300, Time: 1700000000123456789, ChainID: "chain-\u00e9"},
		Version:         types.Version{Block: 11, App: 1},
		LastHeaderHash:  fill(1),
		DataHash:        fill(2),
		AppHash:         fill(3),
		ProposerAddress: fill(4),
		ValidatorHash:   fill(5),
	}
	usual := full
	usual.Version = types.Version{}
	usual.ValidatorHash = nil
	first := types.Header{
		BaseHeader:      types.BaseHeader{Height: 1, Time: 1, ChainID: "c1"},
		DataHash:        sum([]byte{0}),
		AppHash:         []byte("genesis"),
		ProposerAddress: fill(4),
	}
	large := usual
	large.BaseHeader.Height = 1<<53 - 1
	large.BaseHeader.Time = math.MaxUint64
	large.AppHash = bytes.Repeat([]byte{9}, 300)
	legacy := usual
	legacy.Legacy = &types.LegacyHeaderFields{LastCommitHash: fill(6), ConsensusHash: fill(7), LastResultsHash: fill(8)}
	defaulted := full
	defaulted.Legacy = &types.LegacyHeaderFields{LastResultsHash: fill(8)}
	zero := types.Header{Legacy: &types.LegacyHeaderFields{LastCommitHash: []byte{1}}}
	return []headerCase{
		{"zero", types.Header{}}, {"full", full}, {"usual", usual}, {"first", first}, {"large", large},
		{"legacy", legacy}, {"legacy with the default consensus hash", defaulted}, {"legacy with zero height and time", zero},
	}
}

type dataCase struct {
	name string
	data types.Data
}

func dataCases() []dataCase {
	metadata := types.Metadata{ChainID: "c1", Height: 300, Time: 1700000000123456789, LastDataHash: fill(1)}
	many := types.Txs{}
	for i := 0; i < 200; i++ {
		many = append(many, types.Tx("k"+strconv.Itoa(i)+"=v"))
	}
	return []dataCase{
		{"empty", types.Data{}},
		{"metadata only", types.Data{Metadata: &metadata}},
		{"zero metadata", types.Data{Metadata: &types.Metadata{}}},
		{"transactions only", types.Data{Txs: types.Txs{types.Tx("a=1"), types.Tx("b=2")}}},
		{"full", types.Data{Metadata: &metadata, Txs: types.Txs{types.Tx("a=1"), types.Tx(""), bytes.Repeat([]byte{9}, 300)}}},
		{"many", types.Data{Metadata: &metadata, Txs: many}},
	}
}

func headerVector(name string, header types.Header, key crypto.PrivKey) object {
	slim, err := header.MarshalBinary()
	check(err)
	legacyBytes, err := header.MarshalBinaryLegacy()
	check(err)
	signature, err := key.Sign(slim)
	check(err)
	signer, err := types.NewSigner(key.GetPublic())
	check(err)
	unsigned := types.SignedHeader{Header: header}
	unsignedBytes, err := unsigned.MarshalBinary()
	check(err)
	signed := types.SignedHeader{Header: header, Signature: signature, Signer: signer}
	signedBytes, err := signed.MarshalBinary()
	check(err)
	envelopeSignature, err := key.Sign(signedBytes)
	check(err)
	envelope, err := signed.MarshalDAEnvelope(envelopeSignature)
	check(err)
	hinted := types.P2PSignedHeader{SignedHeader: &signed, DAHeightHint: 77}
	hintedBytes, err := hinted.MarshalBinary()
	check(err)
	unhinted := types.P2PSignedHeader{SignedHeader: &signed}
	unhintedBytes, err := unhinted.MarshalBinary()
	check(err)
	fields := object{
		"block": decimal(header.Version.Block), "app": decimal(header.Version.App), "height": decimal(header.BaseHeader.Height),
		"timeNs": decimal(header.BaseHeader.Time), "lastHeaderHash": hexOf(header.LastHeaderHash), "dataHash": hexOf(header.DataHash),
		"appHash": hexOf(header.AppHash), "proposerAddress": hexOf(header.ProposerAddress), "validatorHash": hexOf(header.ValidatorHash),
		"chainId": header.BaseHeader.ChainID,
	}
	if header.Legacy != nil {
		fields["legacy"] = object{
			"lastCommitHash": hexOf(header.Legacy.LastCommitHash), "consensusHash": hexOf(header.Legacy.ConsensusHash),
			"lastResultsHash": hexOf(header.Legacy.LastResultsHash),
		}
	}
	return object{
		"name": name, "header": fields, "slim": hexOf(slim), "legacyForm": hexOf(legacyBytes), "hash": hexOf(header.Hash()),
		"signature": hexOf(signature), "unsigned": hexOf(unsignedBytes), "signed": hexOf(signedBytes),
		"envelopeSignature": hexOf(envelopeSignature), "envelope": hexOf(envelope),
		"p2p": hexOf(hintedBytes), "p2pWithoutHint": hexOf(unhintedBytes),
	}
}

func dataVector(name string, data types.Data, key crypto.PrivKey) object {
	encoded, err := data.MarshalBinary()
	check(err)
	signature, err := key.Sign(encoded)
	check(err)
	signer, err := types.NewSigner(key.GetPublic())
	check(err)
	signed := types.SignedData{Data: data, Signature: signature, Signer: signer}
	vector := object{
		"name": name, "txs": hexAll(data.Txs), "bytes": hexOf(encoded), "hash": hexOf(data.Hash()), "commitment": hexOf(data.DACommitment()),
		"signature": hexOf(signature),
	}
	if data.Metadata != nil {
		vector["metadata"] = object{
			"chainId": data.Metadata.ChainID, "height": decimal(data.Metadata.Height), "timeNs": decimal(data.Metadata.Time),
			"lastDataHash": hexOf(data.Metadata.LastDataHash),
		}
		signedBytes, err := signed.MarshalBinary()
		check(err)
		vector["signed"] = hexOf(signedBytes)
		hinted := types.P2PData{Data: &data, DAHeightHint: 77}
		hintedBytes, err := hinted.MarshalBinary()
		check(err)
		vector["p2p"] = hexOf(hintedBytes)
		unhinted := types.P2PData{Data: &data}
		unhintedBytes, err := unhinted.MarshalBinary()
		check(err)
		vector["p2pWithoutHint"] = hexOf(unhintedBytes)
	}
	return vector
}

func seededKey(seed byte) crypto.PrivKey {
	key, _, err := crypto.GenerateEd25519Key(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)))
	check(err)
	return key
}

func hexAll(txs types.Txs) []string {
	all := []string{}
	for _, tx := range txs {
		all = append(all, hexOf(tx))
	}
	return all
}

func fill(value byte) []byte      { return bytes.Repeat([]byte{value}, 32) }
func hexOf(b []byte) string       { return hex.EncodeToString(b) }
func decimal(value uint64) string { return strconv.FormatUint(value, 10) }
func sum(b []byte) []byte         { s := sha256.Sum256(b); return s[:] }
func check(err error) {
	if err != nil {
		panic(err)
	}
}
