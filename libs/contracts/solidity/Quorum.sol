// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title k-of-n secp256k1 signatures over one digest
library Quorum {
    uint256 private constant SIGNATURE_BYTES = 65;
    /// @dev Half the curve's order: a higher s is the same signature in a second form (EIP-2).
    uint256 private constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice The bitmap names a member that does not exist.
    error UnknownMember(uint256 bitmap, uint256 committeeSize);
    /// @notice The packed signatures are not 65 bytes for each bit of the bitmap.
    error SignaturesMisfit(uint256 bitmap, uint256 length);
    /// @notice Fewer members signed than the threshold.
    error QuorumNotReached(uint256 signers, uint256 threshold);
    /// @notice The member's signature is not well-formed: high s, v not 27 or 28, or no key fits.
    error InvalidSignature(uint256 member);
    /// @notice Somebody else's signature, or over something else.
    error WrongSigner(uint256 member, address recovered);

    /// @notice Reverts unless every named member signed the digest and they are enough.
    /// @param bitmap bit i is set when `committee[i]` signed
    /// @param signatures r ‖ s ‖ v of each of them, in the committee's order
    function verify(
        bytes32 digest,
        uint256 bitmap,
        bytes calldata signatures,
        address[] memory committee,
        uint256 threshold
    ) internal pure {
        if (bitmap >> committee.length != 0) revert UnknownMember(bitmap, committee.length);
        uint256 offset = 0;
        for (uint256 member = 0; bitmap >> member != 0; ++member) {
            if ((bitmap >> member) & 1 == 0) continue;
            if (offset + SIGNATURE_BYTES > signatures.length) {
                revert SignaturesMisfit(bitmap, signatures.length);
            }
            address signer = _recover(digest, signatures[offset:offset + SIGNATURE_BYTES], member);
            if (signer != committee[member]) revert WrongSigner(member, signer);
            offset += SIGNATURE_BYTES;
        }
        if (offset != signatures.length) revert SignaturesMisfit(bitmap, signatures.length);
        uint256 signers = offset / SIGNATURE_BYTES;
        if (signers < threshold) revert QuorumNotReached(signers, threshold);
    }

    function _recover(bytes32 digest, bytes calldata signature, uint256 member)
        private
        pure
        returns (address signer)
    {
        bytes32 s = bytes32(signature[32:64]);
        uint8 v = uint8(signature[64]);
        if (uint256(s) > MAX_S || (v != 27 && v != 28)) revert InvalidSignature(member);
        signer = ecrecover(digest, v, bytes32(signature[0:32]), s);
        if (signer == address(0)) revert InvalidSignature(member);
    }
}
